"""Steps on namespaces and links."""

from underlay.agent.effects.handles import Handles
from underlay.agent.effects.outcome import Done, Outcome, Retry
from underlay.agent.observed.ownership import namespace_alias
from underlay.agent.plan.steps import KernelStep, MakeNamespace, PutLink, RemoveLink, RemoveNamespace
from underlay.dataplane import links, netns


def perform_kernel(step: KernelStep, handles: Handles) -> Outcome:
    """Do one step."""
    try:
        _perform(step, handles)
    except OSError as error:
        return Retry(str(error))
    return Done()


def _perform(step: KernelStep, handles: Handles) -> None:
    match step:
        case MakeNamespace():
            netns.create(step.name)
            with netns.inside(step.name):
                links.set_up("lo", alias=namespace_alias(handles.site.host))
                links.refuse_router_advertisements()
        case PutLink():
            _put_link(step)
        case RemoveLink():
            with netns.inside(step.namespace):
                links.remove(step.name)
        case RemoveNamespace():
            _remove_namespace(step)


def _put_link(step: PutLink) -> None:
    with netns.inside(step.namespace):
        is_there = links.exists(step.name)
    if not (is_there and links.exists(step.link.peer)):
        if is_there:
            with netns.inside(step.namespace):
                links.remove(step.name)
        links.remove(step.link.peer)
        with netns.opened(step.namespace) as inner:
            links.add_veth(step.link.peer, step.name, inner, step.link.mac, step.link.mtu)
    else:
        links.set_up(step.link.peer, mtu=step.link.mtu)
    links.disable_checksum_offload(step.link.peer)
    with netns.inside(step.namespace):
        links.disable_checksum_offload(step.name)
        links.furnish(step.name, _facts(step), step.stale)


def _facts(step: PutLink) -> links.LinkFacts:
    link = step.link
    return links.LinkFacts(
        index=0,
        name=step.name,
        mac=link.mac,
        mtu=link.mtu,
        up=True,
        addresses=link.addresses,
        gateway=link.gateway,
        routes=link.routes,
        neighbours=link.neighbours,
    )


def _remove_namespace(step: RemoveNamespace) -> None:
    """Links first: a namespace goes away some time after its name, and its veth would linger until then."""
    if netns.exists(step.name):
        with netns.inside(step.name):
            for link in step.links:
                links.remove(link)
        netns.remove(step.name)
