"""The operator's policy file, and docs/policy.md."""

from pathlib import Path

import pytest
import yaml

from underlay.main.policy_file import describe_policy, read_policy
from underlay.main.quantum_config import ConfigError
from underlay.model.caller import Caller
from underlay.model.ids import ProjectId
from underlay.model.policy.policy import DEFAULT_POLICY

ROOT = Path(__file__).parents[3]
MEMBER = Caller("mary", ProjectId("mine"), frozenset({"member", "reader"}))


def read(folder: Path, text: str) -> str:
    """The file's name, or why it is refused, without the folder."""
    file = folder / "policy.yaml"
    file.write_text(text)
    try:
        read_policy(str(file))
    except ConfigError as refusal:
        return str(refusal).removeprefix(f"{folder}/")
    return str(file)


def test_the_document_does_not_lag() -> None:
    """docs/policy.md is what `underlay-server policy` prints without a file; its sample is a policy."""
    text = (ROOT / "docs" / "policy.md").read_text()
    assert describe_policy(DEFAULT_POLICY) == text
    sample = text.split("```yaml\n")[1].split("```")[0]
    assert 9 == len(yaml.safe_load(sample))


def test_the_sample_of_the_document_is_in_force(tmp_path: Path) -> None:
    """And changes what it says: members no longer delete networks, auditors see all."""
    sample = (ROOT / "docs" / "policy.md").read_text().split("```yaml\n")[1].split("```")[0]
    policy = read_policy(read(tmp_path, sample))
    own = {"project_id": "mine"}
    assert [True, False] == [each.allows("delete_network", MEMBER, own) for each in (DEFAULT_POLICY, policy)]
    auditor = Caller("otto", ProjectId("audit"), frozenset({"auditor"}))
    assert [False, True] == [each.allows("get_port", auditor) for each in (DEFAULT_POLICY, policy)]
    assert "| `night_shift` | `user_id:5f2b or user_id:77aa` |" in describe_policy(policy)
    assert "(default: `rule:admin_only or (role:member and rule:owner)`)" in describe_policy(policy)


@pytest.mark.parametrize("text", ["", "# nothing\n", '"get_network": ""\n', '{"get_network": "@"}'])
def test_what_is_read(tmp_path: Path, text: str) -> None:
    """An empty file, an empty expression, JSON."""
    assert read(tmp_path, text).endswith("policy.yaml")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            '\n"get_netwrk": "@"\n',
            "policy.yaml:2: get_netwrk: there is no rule 'get_netwrk'; did you mean 'get_network'",
        ),
        ('"get_port": "@"\n"get_network": "role:a adn role:b"\n', "policy.yaml:2: get_network: 'adn' stands where"),
        ('"owner": "rule:admin_or_owner"\n', "policy.yaml:1: owner: 'rule:admin_or_owner' leads back to 'owner'"),
        ('"get_port": "@"\n\n"get_port": "!"\n', "policy.yaml:3: get_port: is there twice, first in line 1"),
        ('"get_port":\n', "policy.yaml:1: get_port: an expression is text in quotes"),
        ('"get_port": ["role:a"]\n', "policy.yaml:1: get_port: an expression is text in quotes"),
        (
            '"get_port": @\n',
            "policy.yaml:1: is not YAML: found character '@' that cannot start any token; write \"name\"",
        ),
        ("role:admin\n", 'policy.yaml:1: has no lines of the form "name": "expression"'),
    ],
)
def test_what_stops_the_start(tmp_path: Path, text: str, refusal: str) -> None:
    """The line, and what would be right."""
    assert read(tmp_path, text).startswith(refusal)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is not taken for an empty one."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_policy(str(tmp_path / "policy.yaml"))
