"""The document as it is committed and printed: sorted and indented, so that a diff shows what changed and no more."""

import json

from fastapi import FastAPI


def write(app: FastAPI) -> str:
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
