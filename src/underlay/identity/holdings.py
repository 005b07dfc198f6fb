"""What a user has, by itself and by the groups that it is in."""

from collections.abc import Sequence

from underlay.identity.records import IdentityStore
from underlay.model.identity import Assignment, Target, UserId


def held_by(user_id: UserId, store: IdentityStore, target: Target | None = None) -> Sequence[Assignment]:
    """All roles assigned to the user or to a group of the user, there or anywhere; sorted, each once."""
    found = set(store.assignments.find(user_id, target))
    for group_id in store.memberships.of_user(user_id):
        of_group = store.group_assignments.find(group_id, target)
        found.update(Assignment(user_id, each.target, each.role) for each in of_group)
    return sorted(found, key=lambda each: each.sort_key)
