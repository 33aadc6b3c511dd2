"""`python -m app.cli`: the `apel` command where its script is not on the path."""

from app.cli import main

if __name__ == "__main__":
    main()
