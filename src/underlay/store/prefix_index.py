"""Keeps the free blocks of subnet pools in step with pools and their subnets, as a buddy system.

    taken  10.0.0.0/26          free  10.0.0.64/26  10.0.0.128/25
    given back: 10.0.0.0/26 + its buddy 10.0.0.64/26 -> 10.0.0.0/25 + its buddy -> 10.0.0.0/24

Blocks are disjoint and as large as they can be, so the one that holds a prefix is the last that begins at or below it.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from sqlalchemy import ClauseElement, bindparam, delete, func, insert, select

from underlay.model import prefixes
from underlay.model.address import IpNetwork
from underlay.model.change import Record
from underlay.model.ids import ProjectId
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.store.statements import Prepared, Session
from underlay.store.tables import free_prefixes, links, subnets

RELATION: Final = "subnetpool"
"""As what a subnet names its pool."""


class PrefixStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        block = free_prefixes.c
        of_pool = block.pool_id == bindparam("pool_id")
        ids = select(links.c.id).where(
            links.c.kind == "subnet", links.c.relation == RELATION, links.c.to_id == bindparam("pool_id")
        )
        taken = select(subnets.c.cidr).where(subnets.c.id.in_(ids))
        self.add: Final = prepare(insert(free_prefixes))
        self.drop: Final = prepare(
            delete(free_prefixes).where(
                of_pool, block.network == bindparam("network"), block.prefixlen == bindparam("prefixlen")
            )
        )
        self.drop_all: Final = prepare(delete(free_prefixes).where(of_pool))
        longest = (
            select(func.max(block.prefixlen)).where(of_pool, block.prefixlen <= bindparam("longest")).scalar_subquery()
        )
        self.smallest: Final = prepare(
            select(block.network, block.prefixlen)
            .where(of_pool, block.prefixlen == longest)
            .order_by(block.network)
            .limit(1)
        )
        self.at_or_below: Final = prepare(
            select(block.network, block.prefixlen)
            .where(of_pool, block.network <= bindparam("network"))
            .order_by(block.network.desc())
            .limit(1)
        )
        self.taken: Final = prepare(taken)
        self.taken_by: Final = prepare(taken.where(subnets.c.project_id == bindparam("project_id")))


def smallest_block(session: Session, sql: PrefixStatements, pool_id: str, prefixlen: int) -> IpNetwork | None:
    """As `Snapshot.free_block`."""
    row = session.row(sql.smallest, {"pool_id": pool_id, "longest": prefixlen})
    return None if row is None else _block(row[0], row[1])


def block_with(session: Session, sql: PrefixStatements, pool_id: str, cidr: IpNetwork) -> IpNetwork | None:
    """The free block of the pool that holds all of the prefix."""
    row = session.row(sql.at_or_below, {"pool_id": pool_id, "network": cidr.network_address.packed})
    if row is None:
        return None
    block = _block(row[0], row[1])
    return block if prefixes.holds((block,), (cidr,)) else None


def taken_by(session: Session, sql: PrefixStatements, pool_id: str, project_id: ProjectId) -> Sequence[IpNetwork]:
    """As `Snapshot.taken_from`."""
    rows = session.rows(sql.taken_by, {"pool_id": pool_id, "project_id": project_id})
    return [ip_network(row[0]) for row in rows]


class PrefixIndex:
    """The free blocks within one write transaction.

    `pool` looks up a pool as it is stored now.
    """

    def __init__(self, session: Session, sql: PrefixStatements, pool: Callable[[str], SubnetPool | None]) -> None:
        self._session = session
        self._sql = sql
        self._pool = pool

    def change(self, old: Record | None, new: Record | None) -> None:
        """The record was `old` (None: it is new) and is `new` (None: it is gone)."""
        if isinstance(old, SubnetPool) or isinstance(new, SubnetPool):
            before, after = (one.prefixes if isinstance(one, SubnetPool) else () for one in (old, new))
            if before != after:
                self._rebuild((new or old).id, after)  # type: ignore[union-attr]
            return
        before_place, after_place = _place(old), _place(new)
        if before_place != after_place:
            if before_place is not None:
                self._give_back(*before_place)
            if after_place is not None:
                self._take(*after_place)

    def _rebuild(self, pool_id: str, of: Sequence[IpNetwork]) -> None:
        self._session.run(self._sql.drop_all, {"pool_id": pool_id})
        taken = [ip_network(row[0]) for row in self._session.rows(self._sql.taken, {"pool_id": pool_id})]
        self._add(pool_id, prefixes.without(of, taken))

    def _take(self, pool_id: str, cidr: IpNetwork) -> None:
        block = block_with(self._session, self._sql, pool_id, cidr)
        if block is None:
            pool = self._pool(pool_id)
            self._rebuild(pool_id, pool.prefixes if pool else ())
            return
        self._drop(pool_id, block)
        self._add(pool_id, tuple(block.address_exclude(cidr)))  # type: ignore[arg-type]

    def _give_back(self, pool_id: str, cidr: IpNetwork) -> None:
        pool = self._pool(pool_id)
        if pool is None or not prefixes.holds(pool.prefixes, (cidr,)):
            return
        block = cidr
        while block.prefixlen > 0:
            whole = block.supernet()
            buddy = next(half for half in whole.subnets() if half != block)
            if not self._drop(pool_id, buddy):
                break
            block = whole
        self._add(pool_id, (block,))

    def _drop(self, pool_id: str, block: IpNetwork) -> int:
        return self._session.run(self._sql.drop, _row(pool_id, block))

    def _add(self, pool_id: str, blocks: Sequence[IpNetwork]) -> None:
        self._session.run_many(self._sql.add, [_row(pool_id, block) for block in blocks])


def _place(record: Record | None) -> tuple[str, IpNetwork] | None:
    """The pool that a subnet is of, and what it has taken of it."""
    if not isinstance(record, Subnet) or record.subnetpool_id is None:
        return None
    return record.subnetpool_id, record.cidr


def _row(pool_id: str, block: IpNetwork) -> dict[str, str | bytes | int]:
    return {"pool_id": pool_id, "network": block.network_address.packed, "prefixlen": block.prefixlen}


def _block(packed: bytes, prefixlen: int) -> IpNetwork:
    return IPv4Network((packed, prefixlen)) if len(packed) == 4 else IPv6Network((packed, prefixlen))
