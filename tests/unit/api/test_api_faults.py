"""Errors to answers."""

import json

from underlay.api.faults import render_fault, render_internal_fault, status_of
from underlay.model.errors import Unauthorized, VlanIdInUse, leaves
from underlay.model.ids import Vid


def test_every_error_has_a_status() -> None:
    """The map is total over the leaves of the error tree."""
    assert [] == [leaf.__name__ for leaf in leaves() if not 400 <= status_of(leaf) < 600]


def test_a_refusal_has_neutron_s_form() -> None:
    """Type is the leaf's name, detail is empty."""
    fault = render_fault(VlanIdInUse(Vid(100), "default"), "http://x/v3")
    expected = {
        "NeutronError": {
            "type": "VlanIdInUse",
            "message": "Unable to create the network. The VLAN 100 on physical network default is in use.",
            "detail": "",
        }
    }
    assert (409, expected) == (fault.status, json.loads(fault.body))


def test_without_a_token_one_is_told_where_to_get_it() -> None:
    """401 has keystonemiddleware's form."""
    fault = render_fault(Unauthorized(), "http://x/v3")
    assert (401, (("WWW-Authenticate", 'Keystone uri="http://x/v3"'),)) == (fault.status, fault.headers)


def test_our_own_faults_tell_nothing() -> None:
    """A fixed text."""
    expected = {
        "NeutronError": {
            "type": "HTTPInternalServerError",
            "message": "Request Failed: internal server error while processing your request.",
            "detail": "",
        }
    }
    assert expected == json.loads(render_internal_fault().body)
