"""An `IdentityStore` in memory. Keeps its state, behaves as the database does, and passes the same contract suite."""

# The rule of each method is told by IdentityStore.
# ruff: noqa: D102

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from underlay.model.identity import Assignment, NameTaken, Project, User, UserId
from underlay.model.ids import ProjectId


class MemoryIdentityStore:
    """One lock is the transaction."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._projects: dict[ProjectId, Project] = {}
        self._users: dict[UserId, User] = {}
        self._assignments: set[Assignment] = set()
        self._revoked: dict[str, datetime] = {}

    def project(self, project_id: ProjectId) -> Project | None:
        return self._projects.get(project_id)

    def projects(self, name: str | None = None) -> Sequence[Project]:
        with self._lock:
            found = [each for each in self._projects.values() if name in (None, each.name)]
        return sorted(found, key=lambda each: (each.name, each.id))

    def add_project(self, project: Project) -> None:
        with self._lock:
            self._refuse_taken_project(project)
            self._projects[project.id] = project

    def update_project(self, project_id: ProjectId, change: Callable[[Project], Project]) -> Project | None:
        with self._lock:
            before = self._projects.get(project_id)
            if before is None:
                return None
            after = change(before)
            self._refuse_taken_project(after)
            self._projects[project_id] = after
            return after

    def delete_project(self, project_id: ProjectId) -> bool:
        with self._lock:
            self._assignments = {each for each in self._assignments if each.project_id != project_id}
            for user in list(self._users.values()):
                if user.default_project_id == project_id:
                    self._users[user.id] = msgspec.structs.replace(user, default_project_id=None)
            return self._projects.pop(project_id, None) is not None

    def user(self, user_id: UserId) -> User | None:
        return self._users.get(user_id)

    def users(self, name: str | None = None) -> Sequence[User]:
        with self._lock:
            found = [each for each in self._users.values() if name in (None, each.name)]
        return sorted(found, key=lambda each: (each.name, each.id))

    def add_user(self, user: User) -> None:
        with self._lock:
            self._refuse_taken_user(user)
            self._users[user.id] = user

    def update_user(self, user_id: UserId, change: Callable[[User], User]) -> User | None:
        with self._lock:
            before = self._users.get(user_id)
            if before is None:
                return None
            after = change(before)
            self._refuse_taken_user(after)
            self._users[user_id] = after
            return after

    def delete_user(self, user_id: UserId) -> bool:
        with self._lock:
            self._assignments = {each for each in self._assignments if each.user_id != user_id}
            return self._users.pop(user_id, None) is not None

    def assignments(self, user_id: UserId | None = None, project_id: ProjectId | None = None) -> Sequence[Assignment]:
        with self._lock:
            return sorted(
                each
                for each in self._assignments
                if user_id in (None, each.user_id) and project_id in (None, each.project_id)
            )

    def assign(self, assignment: Assignment) -> bool:
        with self._lock:
            if assignment.user_id not in self._users or assignment.project_id not in self._projects:
                return False
            self._assignments.add(assignment)
            return True

    def unassign(self, assignment: Assignment) -> bool:
        with self._lock:
            was_there = assignment in self._assignments
            self._assignments.discard(assignment)
            return was_there

    def revoke(self, audit_id: str, expires_at: datetime, now: datetime) -> None:
        with self._lock:
            self._revoked = {key: until for key, until in self._revoked.items() if until > now}
            self._revoked[audit_id] = expires_at

    def is_revoked(self, audit_id: str) -> bool:
        return audit_id in self._revoked

    def _refuse_taken_project(self, project: Project) -> None:
        if any(each.name == project.name and each.id != project.id for each in self._projects.values()):
            raise NameTaken("project", project.name)

    def _refuse_taken_user(self, user: User) -> None:
        if any(each.name == user.name and each.id != user.id for each in self._users.values()):
            raise NameTaken("user", user.name)
