"""The devices of offices, people and strangers, as they show themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from app.demo.zoom_twin import naming
from app.demo.zoom_twin.cast import Cast, Office, Person, Who
from app.demo.zoom_twin.faults import Faults
from app.demo.zoom_twin.story import Guest


class Guests:
    """Draws how somebody shows up at one meeting."""

    def __init__(self, draw: Random, cast: Cast, faults: Faults, links: Mapping[Who, str]) -> None:
        """`links`: who has a personal link, and which registrant it stands for."""
        self._draw = draw
        self._links = links
        self._cast = cast
        self._faults = faults

    def room(self, office: Office) -> Guest:
        return self._linked(self._room(office))

    def person(self, person: Person) -> Guest:
        return self._linked(self._person(person))

    def _linked(self, guest: Guest) -> Guest:
        """By a personal link it no longer matters what is typed, nor with which account."""
        link = self._links.get(guest.sits) if guest.sits is not None else None
        return guest if link is None else replace(guest, means=guest.sits, registrant_id=link)

    def _room(self, office: Office) -> Guest:
        draw, shares, sits = self._draw, self._faults.rooms, Who("room", office.code)
        chance = draw.random()
        if chance < shares.wrong_code:
            return Guest(naming.unreadable_room_name(draw, self._cast, office), None, sits)
        if chance < shares.wrong_code + shares.numbered:
            return Guest(naming.numbered_room_name(office), None, sits)
        if office.account and chance < shares.wrong_code + shares.numbered + shares.by_account:
            return self._signed_in(draw.choice(("Kantor", office.code, "Laptop Dinas")), sits, office.account)
        return self._named(naming.room_name(draw, office), sits)

    def _person(self, person: Person) -> Guest:
        draw, shares, sits = self._draw, self._faults.people, Who("person", person.asn_id)
        if person.email and draw.random() < shares.by_email:
            return self._signed_in(draw.choice((person.name, "iPhone")), sits, person.email)
        name = naming.name_of(draw, self._cast, person, shares)
        renamed = draw.choice(naming.DEVICES[:6]) if draw.random() < shares.renamed else None
        return self._named(name, sits, renamed)

    def strangers(self) -> Iterator[Guest]:
        draw, asked = self._draw, self._faults.strangers
        for _ in range(asked.number):
            name = draw.choice(naming.STRANGERS)
            if self._cast.means(name) is None:
                yield Guest(name, None)
        yield from (Guest(draw.choice(naming.BOTS), None, operator=True) for _ in range(asked.bots))
        yield from (Guest(draw.choice(naming.RECORDERS), None, operator=True) for _ in range(asked.recorders))

    def _named(self, name: str, sits: Who, renamed: str | None = None) -> Guest:
        return Guest(name, self._cast.means(name), sits, first_name=renamed)

    def _signed_in(self, name: str, sits: Who, email: str) -> Guest:
        """A member of the account; its address is left out at times, and then only the name is left."""
        shown = "" if self._draw.random() < self._faults.line.no_email else email
        account = f"acc{email.partition('@')[0].replace('.', '')[:18]:0<19}"
        means = sits if shown else self._cast.means(name)
        return Guest(name, means, sits, email=shown, account=account)
