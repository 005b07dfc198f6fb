"""Keeps the index tables in step with the records: the one place where they are written.

In: a record that is new, one that is replaced (both states), one that is gone. Out: rows of `segments`, `addresses`,
`free_ranges`, `usage`, `links`, `unique_keys`, `tags`, `grants`, changed by the difference. Each address costs a fixed
number of statements, whatever the number of ports.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, Table, and_, bindparam, delete, insert, select, update

from underlay.model.address import AddressRange, IpAddress
from underlay.model.change import Record, kind_of
from underlay.model.ids import ProjectId, SubnetId
from underlay.model.network import Network
from underlay.model.port import FixedIp, Port
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.store.links import Link, grant_of, links_of, tags_of, unique_keys_of
from underlay.store.prefix_index import PrefixIndex, PrefixStatements
from underlay.store.ranges import address_from, free_runs, pool_with, split
from underlay.store.rows import counted_project, segment_keys
from underlay.store.statements import Prepared, Session
from underlay.store.tables import addresses, free_ranges, grants, links, segments, subnet_use, tags, unique_keys, usage


def _key(table: Table) -> ColumnElement[bool]:
    return and_(*(column == bindparam(column.name) for column in table.primary_key))


_NONE: Final[frozenset[Link]] = frozenset()
_NOTHING: Final[frozenset[str]] = frozenset()


class IndexStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        run = free_ranges.c
        of_subnet = run.subnet_id == bindparam("subnet_id")
        self.take_segment: Final = prepare(insert(segments))
        self.leave_segment: Final = prepare(delete(segments).where(_key(segments)))
        self.take_address: Final = prepare(insert(addresses))
        self.leave_address: Final = prepare(delete(addresses).where(_key(addresses)))
        self.addresses_of: Final = prepare(
            select(addresses.c.address).where(addresses.c.subnet_id == bindparam("subnet_id"))
        )
        self.runs_up_to: Final = prepare(
            select(run.first, run.last)
            .where(of_subnet, run.first <= bindparam("address"))
            .order_by(run.first.desc())
            .limit(2)
        )
        self.add_run: Final = prepare(insert(free_ranges))
        self.drop_run: Final = prepare(delete(free_ranges).where(_key(free_ranges)))
        self.drop_runs: Final = prepare(delete(free_ranges).where(of_subnet))
        self.change_run: Final = prepare(
            update(free_ranges)
            .where(of_subnet, run.first == bindparam("old_first"))
            .values(first=bindparam("first"), last=bindparam("last"))
        )
        self.count: Final = prepare(
            update(usage)
            .where(usage.c.project_id == bindparam("of_project"), usage.c.resource == bindparam("of_resource"))
            .values(used=usage.c.used + bindparam("change"))
        )
        self.start_count: Final = prepare(insert(usage))
        self.add_link: Final = prepare(insert(links))
        self.drop_link: Final = prepare(delete(links).where(_key(links)))
        self.add_key: Final = prepare(insert(unique_keys))
        self.drop_key: Final = prepare(delete(unique_keys).where(_key(unique_keys)))
        self.prefixes: Final = PrefixStatements(prepare)
        self.start_use: Final = prepare(insert(subnet_use))
        self.end_use: Final = prepare(delete(subnet_use).where(_key(subnet_use)))
        self.use: Final = prepare(
            update(subnet_use)
            .where(subnet_use.c.subnet_id == bindparam("of_subnet"))
            .values(
                used=subnet_use.c.used + bindparam("change"),
                used_in_pools=subnet_use.c.used_in_pools + bindparam("change_in_pools"),
            )
        )
        self.add_grant: Final = prepare(insert(grants))
        self.drop_grant: Final = prepare(delete(grants).where(_key(grants)))
        self.add_tag: Final = prepare(insert(tags))
        self.drop_tag: Final = prepare(delete(tags).where(_key(tags)))


class Indexes:
    """The index tables within one write transaction.

    `subnet` and `pool` look up a subnet and a subnet pool as they are stored now.
    """

    def __init__(
        self,
        session: Session,
        sql: IndexStatements,
        subnet: Callable[[SubnetId], Subnet | None],
        pool: Callable[[str], SubnetPool | None],
    ) -> None:
        self._session = session
        self._sql = sql
        self._subnet = subnet
        self._prefixes = PrefixIndex(session, sql.prefixes, pool)

    def change(self, old: Record | None, new: Record | None) -> None:
        """The record was `old` (None: it is new) and is `new` (None: it is gone); both of one kind and id."""
        either = new if new is not None else old
        match either:
            case Network():
                self._change_segment(_as(Network, old), _as(Network, new))
            case Subnet():
                self._change_pools(_as(Subnet, old), _as(Subnet, new))
            case Port():
                self._change_addresses(_as(Port, old), _as(Port, new))
            case None:
                return
            case _:
                pass
        self._change_links(either, old, new)
        self._prefixes.change(old, new)
        self._change_usage(old, new)

    def _change_links(self, either: Record, old: Record | None, new: Record | None) -> None:
        named = {"kind": kind_of(either), "id": either.id}
        sql = self._sql
        before, after = (links_of(record) if record else _NONE for record in (old, new))
        if before != after:
            pairs = [{**named, "relation": relation, "to_id": to_id} for relation, to_id in sorted(before - after)]
            self._session.run_many(sql.drop_link, pairs)
            pairs = [{**named, "relation": relation, "to_id": to_id} for relation, to_id in sorted(after - before)]
            self._session.run_many(sql.add_link, pairs)
        had, has = (unique_keys_of(record) if record else _NOTHING for record in (old, new))
        if had != has:
            self._session.run_many(sql.drop_key, [{**named, "key": key} for key in sorted(had - has)])
            self._session.run_many(sql.add_key, [{**named, "key": key} for key in sorted(has - had)])
        granted_before, granted = (grant_of(record) if record else None for record in (old, new))
        if granted_before != granted:
            self._session.run_many(sql.drop_grant, [granted_before] if granted_before else [])
            self._session.run_many(sql.add_grant, [granted] if granted else [])
        left, taken = (tags_of(record) if record else _NOTHING for record in (old, new))
        if left != taken:
            self._session.run_many(sql.drop_tag, [{**named, "tag": tag} for tag in sorted(left - taken)])
            self._session.run_many(sql.add_tag, [{**named, "tag": tag} for tag in sorted(taken - left)])

    def _change_segment(self, old: Network | None, new: Network | None) -> None:
        left = segment_keys(old) if old else []
        taken = segment_keys(new) if new else []
        for key in left:
            if key not in taken:
                self._session.run(self._sql.leave_segment, key)
        for key in taken:
            if new and key not in left:
                self._session.run(self._sql.take_segment, {**key, "network_id": new.id})

    def _change_pools(self, old: Subnet | None, new: Subnet | None) -> None:
        if old and new and old.allocation_pools == new.allocation_pools:
            return
        if old:
            self._session.run(self._sql.drop_runs, {"subnet_id": old.id})
            self._session.run(self._sql.end_use, {"subnet_id": old.id})
        if new:
            rows = self._session.rows(self._sql.addresses_of, {"subnet_id": new.id})
            taken = [address_from(row[0]) for row in rows]
            runs = [_run_row(new.id, run) for run in free_runs(new.allocation_pools, taken)]
            self._session.run_many(self._sql.add_run, runs)
            in_pools = sum(pool_with(new.allocation_pools, address) is not None for address in taken)
            use = {"subnet_id": new.id, "used": len(taken), "used_in_pools": in_pools}
            self._session.run(self._sql.start_use, use)

    def _change_addresses(self, old: Port | None, new: Port | None) -> None:
        before = set(old.fixed_ips) if old else set()
        after = set(new.fixed_ips) if new else set()
        for fixed_ip in before - after:
            self._leave(fixed_ip)
        if new:
            for fixed_ip in after - before:
                self._take(fixed_ip, new)

    def _take(self, fixed_ip: FixedIp, port: Port) -> None:
        subnet_id, address = fixed_ip.subnet_id, fixed_ip.ip_address
        row = {"subnet_id": subnet_id, "address": address.packed}
        self._session.run(self._sql.take_address, {**row, "port_id": port.id})
        nearest = self._session.row(self._sql.runs_up_to, row)
        is_in_pools = nearest is not None and nearest[1] >= address.packed
        self._session.run(self._sql.use, {"of_subnet": subnet_id, "change": 1, "change_in_pools": int(is_in_pools)})
        if nearest is None or not is_in_pools:
            return
        below, above = split(AddressRange(address_from(nearest[0]), address_from(nearest[1])), address)
        if below is not None:
            self._replace_run(subnet_id, nearest[0], below)
            if above is not None:
                self._session.run(self._sql.add_run, _run_row(subnet_id, above))
        elif above is not None:
            self._replace_run(subnet_id, nearest[0], above)
        else:
            self._session.run(self._sql.drop_run, {"subnet_id": subnet_id, "first": nearest[0]})

    def _leave(self, fixed_ip: FixedIp) -> None:
        subnet_id, address = fixed_ip.subnet_id, fixed_ip.ip_address
        self._session.run(self._sql.leave_address, {"subnet_id": subnet_id, "address": address.packed})
        subnet = self._subnet(subnet_id)
        pool = pool_with(subnet.allocation_pools, address) if subnet else None
        in_pools = int(pool is not None)
        self._session.run(self._sql.use, {"of_subnet": subnet_id, "change": -1, "change_in_pools": -in_pools})
        if pool is None:
            return
        below, above = self._neighbours(subnet_id, pool, address)
        merged = AddressRange(address if below is None else below.start, address if above is None else above.end)
        if above is not None:
            self._session.run(self._sql.drop_run, {"subnet_id": subnet_id, "first": above.start.packed})
        if below is not None:
            self._replace_run(subnet_id, below.start.packed, merged)
        else:
            self._session.run(self._sql.add_run, _run_row(subnet_id, merged))

    def _neighbours(
        self, subnet_id: SubnetId, pool: AddressRange, address: IpAddress
    ) -> tuple[AddressRange | None, AddressRange | None]:
        """The runs of the pool that end just below the address and that start just above it."""
        limit = address if address == pool.end else address + 1
        rows = self._session.rows(self._sql.runs_up_to, {"subnet_id": subnet_id, "address": limit.packed})
        below = above = None
        for first, last in rows:
            if first > address.packed:
                above = AddressRange(address_from(first), address_from(last))
            elif first >= pool.start.packed and address_from(last) + 1 == address:
                below = AddressRange(address_from(first), address_from(last))
        return below, above

    def _replace_run(self, subnet_id: SubnetId, old_first: bytes, new: AddressRange) -> None:
        self._session.run(self._sql.change_run, {**_run_row(subnet_id, new), "old_first": old_first})

    def _change_usage(self, old: Record | None, new: Record | None) -> None:
        left = counted_project(old) if old else None
        taken = counted_project(new) if new else None
        if left == taken:
            return
        if left and old:
            self._count(left, kind_of(old), -1)
        if taken and new:
            self._count(taken, kind_of(new), 1)

    def _count(self, project_id: ProjectId, resource: str, change: int) -> None:
        values = {"of_project": project_id, "of_resource": resource, "change": change}
        if not self._session.run(self._sql.count, values):
            self._session.run(self._sql.start_count, {"project_id": project_id, "resource": resource, "used": change})


T = TypeVar("T", Network, Subnet, Port)


def _as(record_type: type[T], record: Record | None) -> T | None:
    return record if isinstance(record, record_type) else None


def _run_row(subnet_id: SubnetId, run: AddressRange) -> dict[str, Any]:
    return {"subnet_id": subnet_id, "first": run.start.packed, "last": run.end.packed}
