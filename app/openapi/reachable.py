"""Which refusals an endpoint can answer with, read off the code that it calls.

Nobody keeps such lists true by hand. Whatever a function names is followed as far as this service's own code goes: to
functions, to what modules hold, to all methods of classes, and to those methods of what is handed over or back that the
function names. A list may so hold a refusal that only another branch of the same code raises.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_args

from app.core.errors import Refusal

OWN = "app."


def refusals_from(roots: Iterable[Callable[..., Any]]) -> frozenset[type[Refusal]]:
    """The refusals that are named by these functions and all that they lead to."""
    found: set[type[Refusal]] = set()
    seen: set[FunctionType] = set()
    waiting = [function for root in roots for function in _functions_of(root)]
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            refusals, further = _named_in(function)
            found |= refusals
            waiting += further
    return frozenset(found)


@cache
def _named_in(function: FunctionType) -> tuple[frozenset[type[Refusal]], tuple[FunctionType, ...]]:
    things = list(_things_in(function))
    refusals = {thing for thing in things if _refuses(thing)}
    further = [inner for thing in things if not _refuses(thing) for inner in _functions_of(thing)]
    return frozenset(refusals), tuple(dict.fromkeys(further))


def _things_in(function: FunctionType) -> Iterator[Any]:
    """What the function's names stand for: globals, what modules among these hold, and what it closes over."""
    names = set(_names_in(function.__code__))
    for thing in [function.__globals__[name] for name in names if name in function.__globals__]:
        if isinstance(thing, ModuleType) and thing.__name__.startswith(OWN):
            yield from (vars(thing)[name] for name in names if name in vars(thing))
        elif isinstance(thing, dict | tuple | list | frozenset):
            yield from thing.values() if isinstance(thing, dict) else thing
        else:
            yield thing
    yield from (cell.cell_contents for cell in function.__closure__ or ())
    for kind in _kinds_of(function):
        yield from (member for name in names for member in _methods_of(inspect.getattr_static(kind, name, None)))


def _kinds_of(function: FunctionType) -> Iterator[type]:
    """The classes of what a function takes and gives."""
    for said in inspect.get_annotations(function).values():
        kind = get_args(said)[0] if hasattr(said, "__metadata__") else said  # Annotated
        if isinstance(kind, type) and kind.__module__.startswith(OWN):
            yield kind


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _refuses(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Refusal)


def _functions_of(thing: Any) -> Iterator[FunctionType]:
    """The code behind something that is called: a function, a class's methods, or what makes an object callable."""
    plain = inspect.unwrap(thing) if callable(thing) else thing
    if isinstance(plain, FunctionType):
        if plain.__module__.startswith(OWN):
            yield plain
    elif isinstance(plain, type):
        if plain.__module__.startswith(OWN):
            own = [base for base in plain.__mro__ if base.__module__.startswith(OWN)]
            yield from (inner for base in own for member in vars(base).values() for inner in _methods_of(member))
    elif callable(plain) and type(plain).__module__.startswith(OWN):
        yield from _functions_of(type(plain))


def _methods_of(member: Any) -> Iterator[FunctionType]:
    for plain in (member, getattr(member, "__func__", None), getattr(member, "fget", None)):
        if isinstance(plain, FunctionType):
            yield plain
