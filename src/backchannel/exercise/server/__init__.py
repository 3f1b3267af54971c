"""The exercise on the wire: Starlette, websockets, keys and limits; no rule of play."""
