"""A Zoom of our own: meetings as they really go, told with Zoom's habits, and the truth about them beside.

`draw_story` invents who came and when, `tell` turns that into signed webhooks, `make_zoom` answers the API. All of it
is a function of a seed and of the rates in `gentle.toml` or `worst.toml`, so that whatever goes wrong goes wrong again.
"""
