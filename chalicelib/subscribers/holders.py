"""Whoever has an address, changed by what came from it or befell it: person and suppression together."""

from collections.abc import Callable

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Person, Provenance
from chalicelib.subscribers.settle import Pair, SuppressionEdit, settle
from chalicelib.subscribers.tables import AddressItem
from chalicelib.subscribers.writes import PERSON, Together

Rule = Callable[[Person | None], Person | None]


def as_they_are(person: Person | None) -> Person | None:
    """The rule that changes nothing; blocks follow the suppression anyway."""
    return person


def change_holder(
    edit: SuppressionEdit,
    provenance: Provenance,
    *,
    wiring: Wiring,
    rule: Rule = as_they_are,
    more: Callable[[Together], None] | None = None,
) -> Person | None:
    """Edits the suppression of an address, and changes the person who has it at that moment; that person.

    `rule` (pure) gets the person, or None where nobody has the address, and may then make one who has it.
    What `more` adds is written in the same transaction. Raises what `settle` raises.
    """
    owner: list[str] = []
    made: list[Person | None] = []

    def pairs() -> list[Pair]:
        owner[:] = AddressItem.owners([edit.digest]).values()
        before = next(iter(people.present(owner).values()), None)
        made[:] = [rule(before)]
        return [(before, made[0])] if before or made[0] else []

    def together(operations: Together) -> None:
        if owner or made == [None]:
            still_held(operations, edit.digest, owner[0] if owner else None)
        if more:
            more(operations)

    return next(iter(settle(pairs, provenance, wiring=wiring, edit=edit, more=together).values()), None)


def still_held(together: Together, digest: str, owner: str | None) -> None:
    """Adds that an address belongs to whom it belonged to when its suppression was edited."""
    condition = AddressItem.subscriber_id == owner if owner else AddressItem.id.does_not_exist()
    together.check(AddressItem, AddressItem.id_of(digest), condition, kind=PERSON)
