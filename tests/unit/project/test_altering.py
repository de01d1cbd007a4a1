"""Delete and heal, bypass, a field of many, and copies that are fed as the originals are."""

from __future__ import annotations

import pytest

from designer.layers.catalog import ports_of
from designer.project import edits
from designer.project.altering import delete_and_heal, duplicate_with_links, set_bypassed, set_field_of_many
from designer.project.errors import EditError
from designer.project.model import Link, Project
from tests.helpers.graphs import add, chain, link


def ends(project: Project) -> set[str]:
    return {f"{link.source}.{link.source_port}>{link.target}.{link.target_port}" for link in project.graph.links}


def test_neighbours_of_a_deleted_node_reconnect() -> None:
    project = chain("table_input", "linear", "relu", "output")
    healed = delete_and_heal(project, ["n2"], ports_of)
    assert ends(healed) == {"n1.out>n3.x", "n3.out>n4.x"} and "n2" not in healed.graph.nodes


def test_several_in_a_row_heal_as_one_and_fan_out_is_kept() -> None:
    project = chain("table_input", "linear", "relu", "dropout", "output")
    project, extra = add(project, "output")
    project = link(project, "n3", extra)
    healed = delete_and_heal(project, ["n2", "n3"], ports_of)
    assert ends(healed) == {"n1.out>n4.x", "n4.out>n5.x", f"n1.out>{extra}.x"}


def test_a_merge_heals_from_its_first_input_that_is_fed() -> None:
    project = chain("table_input", "linear", "add", "output")
    project, other = add(project, "linear")
    project = link(project, "n1", other)
    project = edits.connect(project, Link(other, "out", "n3", "x2"), ports_of)
    healed = delete_and_heal(project, ["n3"], ports_of)
    assert "n2.out>n4.x" in ends(healed) and f"{other}.out>n4.x" not in ends(healed)
    first = next(link for link in project.graph.links if link.ends == ("n2", "out", "n3", "x1"))
    healed = delete_and_heal(edits.disconnect(project, [first]), ["n3"], ports_of)
    assert f"{other}.out>n4.x" in ends(healed)


def test_ends_of_the_network_leave_nothing_to_heal() -> None:
    project = chain("table_input", "linear", "output")
    assert ends(delete_and_heal(project, ["n1"], ports_of)) == {"n2.out>n3.x"}
    assert ends(delete_and_heal(project, ["n3"], ports_of)) == {"n1.out>n2.x"}
    assert ends(delete_and_heal(project, ["n1", "n2", "n3"], ports_of)) == set()
    assert delete_and_heal(project, [], ports_of) is project


def test_links_that_the_rules_refuse_are_not_made() -> None:
    project = chain("table_input", "linear", "relu")
    stray = Link("n2", "out", "n3", "ghost")
    graph = project.graph
    project = Project(type(graph)(graph.nodes, (graph.links[0], stray)))
    assert ends(delete_and_heal(project, ["n2"], ports_of)) == set()


def test_links_keep_their_order() -> None:
    project = chain("table_input", "linear", "relu", "dropout", "output")
    healed = delete_and_heal(project, ["n3"], ports_of)
    assert [link.target for link in healed.graph.links] == ["n2", "n4", "n5"]


def test_bypassing_is_exact_and_refused_where_nothing_can_pass() -> None:
    project = chain("table_input", "linear", "relu", "output")
    bypassed = set_bypassed(project, ["n2", "n3"], True, ports_of)
    assert [node.bypassed for node in bypassed.graph.nodes.values()] == [False, True, True, False]
    assert set_bypassed(bypassed, ["n2"], True, ports_of) is bypassed
    assert set_bypassed(bypassed, ["n2", "n3"], False, ports_of) == project
    with pytest.raises(EditError, match="has no input"):
        set_bypassed(project, ["n1"], True, ports_of)
    with pytest.raises(EditError, match="has no output"):
        set_bypassed(project, ["n4"], True, ports_of)
    with pytest.raises(EditError, match="There is no layer"):
        set_bypassed(project, ["n9"], True, ports_of)


def test_one_field_of_many() -> None:
    project = chain("table_input", "linear", "linear")
    both = set_field_of_many(project, ["n2", "n3"], "out_features", 7)
    assert [both.graph.nodes[key].fields["out_features"] for key in ("n2", "n3")] == [7, 7]
    assert set_field_of_many(both, ["n2", "n3"], "out_features", 7) is both


def test_copies_with_links_are_fed_by_the_same_sources() -> None:
    project = chain("table_input", "linear", "relu", "output")
    copied, added = duplicate_with_links(project, ["n3", "n2"])
    linear, relu = added
    assert ends(copied) - ends(project) == {f"n1.out>{linear}.x", f"{linear}.out>{relu}.x"}
    assert copied.graph.nodes[linear].type == "linear"
    alone, added = duplicate_with_links(project, ["n1"])
    assert ends(alone) == ends(project) and len(added) == 1
