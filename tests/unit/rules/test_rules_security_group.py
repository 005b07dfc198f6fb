from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, REGULATIONS, Cloud
from underlay.commands.port import DeletePort
from underlay.commands.security_group import (
    CreateDefaultSecurityGroupRule,
    CreateSecurityGroup,
    CreateSecurityGroupRule,
    DeleteDefaultSecurityGroupRule,
    DeleteSecurityGroup,
    DeleteSecurityGroupRule,
    EnsureDefaultSecurityGroup,
    UpdateSecurityGroup,
)
from underlay.model.errors import (
    DefaultSecurityGroupRuleExists,
    DefaultSecurityGroupRuleNotFound,
    HTTPBadRequest,
    OverQuota,
    PolicyNotAuthorized,
    SecurityGroupCannotRemoveDefault,
    SecurityGroupCannotUpdateDefault,
    SecurityGroupDefaultAlreadyExists,
    SecurityGroupInUse,
    SecurityGroupNotFound,
    SecurityGroupRuleExists,
    SecurityGroupRuleNotFound,
)
from underlay.model.ids import ProjectId
from underlay.model.security_group import (
    INITIAL_TEMPLATE,
    DefaultSecurityGroupRule,
    SecurityGroup,
    SecurityGroupRule,
    Traffic,
)

SSH = Traffic("ingress", protocol="tcp", port_range_min=22, port_range_max=22)


def group(cloud: Cloud, name: str = "web", *, stateful: bool = True) -> SecurityGroup:
    """A group of project red."""
    made = cloud.do(CreateSecurityGroup(RED, name, stateful=stateful), RED_MEMBER).result
    assert isinstance(made, SecurityGroup)
    return made


def rule(cloud: Cloud, group_id: str, traffic: Traffic = SSH) -> SecurityGroupRule:
    """A rule of a group of project red."""
    made = cloud.do(CreateSecurityGroupRule(RED, group_id, traffic), RED_MEMBER).result
    assert isinstance(made, SecurityGroupRule)
    return made


def default_of(cloud: Cloud, project_id: ProjectId = RED) -> SecurityGroup:
    """The project's default group."""
    return next(one for one in cloud.records(SecurityGroup) if one.is_default and one.project_id == project_id)


def traffics(cloud: Cloud, group_id: str) -> list[Traffic]:
    """What the group's rules let pass."""
    return [one.traffic for one in cloud.records(SecurityGroupRule) if one.security_group_id == group_id]


def now(cloud: Cloud, made: SecurityGroup) -> SecurityGroup:
    """The group as it is stored now."""
    stored = cloud.stored(made)
    assert isinstance(stored, SecurityGroup)
    return stored


def test_a_project_gets_its_default_group_once() -> None:
    """Made on first need, named `default`: all may go out, only members come in; the second need finds it."""
    cloud = Cloud()
    cloud.do(EnsureDefaultSecurityGroup(RED), RED_READER)
    made = default_of(cloud)
    assert ("default", "Default security group", True) == (made.name, made.description, made.stateful)
    assert [
        Traffic("egress", "IPv4"),
        Traffic("egress", "IPv6"),
        Traffic("ingress", "IPv4", remote_group_id=made.id),
        Traffic("ingress", "IPv6", remote_group_id=made.id),
    ] == traffics(cloud, made.id)
    assert () == cloud.do(EnsureDefaultSecurityGroup(RED), RED_MEMBER).writes.puts
    assert () == cloud.do(EnsureDefaultSecurityGroup(RED), BLUE_MEMBER).writes.puts


def test_a_new_group_lets_all_out() -> None:
    """A project's own group starts with the egress rules; the default group is made before it."""
    cloud = Cloud()
    made = group(cloud)
    assert [Traffic("egress", "IPv4"), Traffic("egress", "IPv6")] == traffics(cloud, made.id)
    assert ["default", "web"] == [one.name for one in cloud.records(SecurityGroup)]
    assert list(made.rule_ids) == [
        one.id for one in cloud.records(SecurityGroupRule) if one.security_group_id == made.id
    ]
    assert not any(one.of_default_group for one in cloud.records(SecurityGroupRule) if one.id in made.rule_ids)


def test_the_name_default_is_taken() -> None:
    """In any case, at creation and afterwards; the default group keeps its name and can be described."""
    cloud = Cloud()
    made = group(cloud)
    taken = SecurityGroupDefaultAlreadyExists()
    assert taken == cloud.refusal(CreateSecurityGroup(RED, "Default"), RED_MEMBER)
    assert taken == cloud.refusal(UpdateSecurityGroup(made.id, name="DEFAULT"), RED_MEMBER)
    default = default_of(cloud)
    refused = cloud.refusal(UpdateSecurityGroup(default.id, name="mine"), RED_MEMBER)
    assert SecurityGroupCannotUpdateDefault() == refused
    cloud.do(UpdateSecurityGroup(default.id, description="everyone"), RED_MEMBER)
    assert "everyone" == default_of(cloud).description


def test_deleting_the_default_group_is_the_administrators() -> None:
    """Its project may not; after the administrator did, the next need makes a new one."""
    cloud = Cloud()
    group(cloud)
    default = default_of(cloud)
    assert SecurityGroupCannotRemoveDefault() == cloud.refusal(DeleteSecurityGroup(default.id), RED_MEMBER)
    cloud.do(DeleteSecurityGroup(default.id), ADMIN)
    assert [] == traffics(cloud, default.id)
    cloud.do(EnsureDefaultSecurityGroup(RED), RED_MEMBER)
    assert default.id != default_of(cloud).id


def test_a_group_that_ports_are_in_stays() -> None:
    """It is neither deleted nor made stateless while a port is in it."""
    cloud = Cloud()
    made = group(cloud)
    network = cloud.network(caller=RED_MEMBER)
    port = cloud.port(network, caller=RED_MEMBER, security_group_ids=(made.id,))
    in_use = SecurityGroupInUse(made.id)
    assert in_use == cloud.refusal(DeleteSecurityGroup(made.id), RED_MEMBER)
    assert in_use == cloud.refusal(UpdateSecurityGroup(made.id, stateful=False), RED_MEMBER)
    cloud.do(UpdateSecurityGroup(made.id, stateful=True, name="other"), RED_MEMBER)
    cloud.do(DeletePort(port.id), RED_MEMBER)
    cloud.do(UpdateSecurityGroup(made.id, stateful=False), RED_MEMBER)
    cloud.do(DeleteSecurityGroup(made.id), RED_MEMBER)
    assert ["default"] == [one.name for one in cloud.records(SecurityGroup)]
    assert [] == traffics(cloud, made.id)


def test_rules_that_name_a_group_go_with_it() -> None:
    """Rules of other groups whose other end it is are gone, and their groups are changed."""
    cloud = Cloud()
    web, database = group(cloud, "web"), group(cloud, "database")
    rule(cloud, database.id, Traffic("ingress", remote_group_id=web.id))
    before = now(cloud, database)
    cloud.do(DeleteSecurityGroup(web.id), RED_MEMBER)
    assert [Traffic("egress", "IPv4"), Traffic("egress", "IPv6")] == traffics(cloud, database.id)
    after = now(cloud, database)
    assert (database.rule_ids, before.revision_number + 1) == (after.rule_ids, after.revision_number)


def test_a_rule_more_or_less_changes_its_group() -> None:
    """The group counts a revision for each, and names its rules in order of creation."""
    cloud = Cloud()
    made = group(cloud)
    added = rule(cloud, made.id)
    assert (2, (*made.rule_ids, added.id)) == (now(cloud, made).revision_number, now(cloud, made).rule_ids)
    cloud.do(DeleteSecurityGroupRule(added.id), RED_MEMBER)
    assert (3, made.rule_ids) == (now(cloud, made).revision_number, now(cloud, made).rule_ids)
    assert SecurityGroupRuleNotFound(added.id) == cloud.refusal(DeleteSecurityGroupRule(added.id), RED_MEMBER)


def test_a_rule_is_in_a_group_once() -> None:
    """The same again, also written otherwise, names the rule that is there; in another group it is fine."""
    cloud = Cloud()
    made, other = group(cloud), group(cloud, "other")
    added = rule(cloud, made.id)
    again = CreateSecurityGroupRule(RED, made.id, structs.replace(SSH, protocol="6", remote_ip_prefix="0.0.0.0/0"))
    assert SecurityGroupRuleExists(added.id) == cloud.refusal(again, RED_MEMBER)
    rule(cloud, other.id)


def test_groups_of_others_are_not_there() -> None:
    """Neither to change, nor to add rules to, nor as another end; a reader of the project changes nothing."""
    cloud = Cloud()
    made = group(cloud)
    added = rule(cloud, made.id)
    absent = SecurityGroupNotFound(made.id)
    blue = BLUE_MEMBER.project_id
    assert absent == cloud.refusal(UpdateSecurityGroup(made.id, name="x"), BLUE_MEMBER)
    assert absent == cloud.refusal(DeleteSecurityGroup(made.id), BLUE_MEMBER)
    assert absent == cloud.refusal(
        CreateSecurityGroupRule(blue, made.id, Traffic("egress", protocol="ah")), BLUE_MEMBER
    )
    assert SecurityGroupRuleNotFound(added.id) == cloud.refusal(DeleteSecurityGroupRule(added.id), BLUE_MEMBER)
    cloud.do(EnsureDefaultSecurityGroup(blue), BLUE_MEMBER)
    own = default_of(cloud, blue)
    named = CreateSecurityGroupRule(blue, own.id, Traffic("ingress", remote_group_id=made.id))
    assert absent == cloud.refusal(named, BLUE_MEMBER)
    assert isinstance(cloud.refusal(CreateSecurityGroup(RED, "x"), BLUE_MEMBER), HTTPBadRequest)
    for command in (
        CreateSecurityGroup(RED, "x"),
        UpdateSecurityGroup(made.id, name="x"),
        DeleteSecurityGroup(made.id),
        CreateSecurityGroupRule(RED, made.id, Traffic("egress", protocol="ah")),
        DeleteSecurityGroupRule(added.id),
    ):
        assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)


def test_quotas_of_groups_and_rules() -> None:
    """The default group counts too; a group that would bring more rules than there is room for is not made."""
    limits = {"security_group": 2, "security_group_rule": 7}
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults=limits))
    made = group(cloud)
    assert OverQuota("security_group", 2, 2) == cloud.refusal(CreateSecurityGroup(RED, "more"), RED_MEMBER)
    rule(cloud, made.id)
    more = CreateSecurityGroupRule(RED, made.id, Traffic("ingress", protocol="udp"))
    assert OverQuota("security_group_rule", 7, 7) == cloud.refusal(more, RED_MEMBER)
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={"security_group_rule": 5}))
    assert OverQuota("security_group_rule", 5, 0) == cloud.refusal(CreateSecurityGroup(RED, "web"), RED_MEMBER)


def test_administrators_say_what_groups_start_with() -> None:
    """Rules for default groups, for others, or both; what is there already stays as it is."""
    cloud = Cloud()
    made = group(cloud)
    ping = Traffic("ingress", protocol="icmp")
    added = cloud.do(CreateDefaultSecurityGroupRule(ping), ADMIN).result
    assert isinstance(added, DefaultSecurityGroupRule)
    for egress in INITIAL_TEMPLATE.rules[:2]:
        cloud.do(DeleteDefaultSecurityGroupRule(egress.id), ADMIN)
    assert [Traffic("egress", "IPv4"), Traffic("egress", "IPv6")] == traffics(cloud, made.id)
    assert [ping] == traffics(cloud, group(cloud, "later").id)
    cloud.do(EnsureDefaultSecurityGroup(ADMIN.project_id), ADMIN)
    later = default_of(cloud, ADMIN.project_id)
    assert [
        Traffic("ingress", "IPv4", remote_group_id=later.id),
        Traffic("ingress", "IPv6", remote_group_id=later.id),
    ] == traffics(cloud, later.id)
    gone = DeleteDefaultSecurityGroupRule(INITIAL_TEMPLATE.rules[0].id)
    assert DefaultSecurityGroupRuleNotFound(gone.id) == cloud.refusal(gone, ADMIN)
    for command in (CreateDefaultSecurityGroupRule(SSH), DeleteDefaultSecurityGroupRule(added.id)):
        assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)


def test_no_group_starts_with_the_same_rule_twice() -> None:
    """The same traffic may stand for default groups and for others apart, not twice for one sort."""
    cloud = Cloud()
    first = cloud.do(CreateDefaultSecurityGroupRule(SSH, used_in_default_sg=True, used_in_non_default_sg=False)).result
    assert isinstance(first, DefaultSecurityGroupRule)
    cloud.do(CreateDefaultSecurityGroupRule(SSH, used_in_default_sg=False, used_in_non_default_sg=True))
    both = CreateDefaultSecurityGroupRule(SSH, used_in_default_sg=True, used_in_non_default_sg=True)
    assert DefaultSecurityGroupRuleExists(first.id) == cloud.refusal(both)
