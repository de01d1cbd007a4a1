"""The texts of a script that deal with targets: of one output, of several, or of none."""

from __future__ import annotations

from dataclasses import dataclass

from designer.compiler.page import Group, laid_out
from designer.exporting.literals import assignment, call, literal
from designer.project.facts import Facts, TargetKind, is_class
from designer.project.model import Data, Project
from designer.training.chosen import ChosenOutput, chosen_outputs
from designer.training.columns import LEARN_LOGS, target_encoder, target_scale
from designer.training.targets import shared_keys


@dataclass(frozen=True)
class TargetTexts:
    """The outputs of a project with what is known of the target of each: its kind, and how many classes it has."""

    outputs: tuple[ChosenOutput, ...]
    kinds: tuple[TargetKind, ...]
    counts: tuple[int, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there are several outputs."""
        return len(self.outputs) > 1

    @property
    def told(self) -> bool:
        """Whether the script needs what was learned of targets, to bring figures back to their units."""
        return "number" in self.kinds

    @property
    def constants(self) -> list[str]:
        """The constants that name the columns of the targets."""
        if not self.outputs or not self.outputs[0].columns:
            return []
        if self.several:
            return [assignment("TARGETS", self._columns())]
        names = [column.name for column in self.outputs[0].columns]
        return [assignment("TARGETS", names) if len(names) > 1 else assignment("TARGET", names[0])]

    def _columns(self) -> dict[str, str]:
        return {column.name: column.kind for each in self.outputs for column in each.columns}

    @property
    def read(self) -> list[str]:
        """The kinds of the columns, as they are read."""
        return list(self._columns().values())

    @property
    def kind_lines(self) -> list[str]:
        """The lines that say of which kind each column of a target is read."""
        if not self.outputs:
            return []
        if self.several:
            return ["    kinds |= TARGETS"]
        columns = self.outputs[0].columns
        if len(columns) > 1:
            return ['    kinds |= dict.fromkeys(TARGETS, "number")']
        return [f"    kinds[TARGET] = {literal(columns[0].kind)}"]

    @property
    def needed(self) -> list[str]:
        """The columns without which a row is left out, as members of a list."""
        if not self.outputs:
            return []
        return ["*TARGETS"] if self.several or len(self.outputs[0].columns) > 1 else ["TARGET"]

    @property
    def logs(self) -> tuple[bool, ...]:
        """Whether some of the numbers of each target are logarithms."""
        pairs = zip(self.outputs, self.kinds, strict=True)
        return tuple(kind == "number" and LEARN_LOGS in map(target_scale, each.columns) for each, kind in pairs)

    @property
    def encoders(self) -> tuple[str, ...]:
        """The functions that prepare the targets."""
        return tuple(target_encoder(kind, logs) for kind, logs in zip(self.kinds, self.logs, strict=True))

    @property
    def labels(self) -> str:
        """The expression of the cells of which each part shall have the same share; empty where there are none."""
        for each, kind in zip(self.outputs, self.kinds, strict=True):
            if is_class(kind):
                return f"frame[{literal(each.columns[0].name)}]" if self.several else "frame[TARGET]"
        return ""

    def learned(self, rows: str) -> list[str]:
        """The lines that learn what prepares targets from the rows that an expression gives, as ``target(s)``."""
        if not self.outputs:
            return []
        if not self.several:
            before, made = self._learning(0, rows, "TARGET", "TARGETS")
            return [*before, f"    target = {made}"]
        lines, items = [], []
        for place, each in enumerate(self.outputs):
            names = [column.name for column in each.columns]
            before, made = self._learning(place, rows, literal(names[0]), literal(names))
            lines += [line.replace("    scales = ", f"    {each.key}_scales = ") for line in before]
            items.append(f"{literal(each.key)}: {made.replace(', scales)', f', {each.key}_scales)')}")
        return [*lines, call("targets = {", items, after="}", depth=1)]

    def _learning(self, place: int, rows: str, column: str, columns: str) -> tuple[list[str], str]:
        each, kind = self.outputs[place], self.kinds[place]
        if kind == "text":
            return [], f"learn_text_target({rows}[{column}])"
        if kind != "number":
            return [], f"learn_class_target({rows}[{column}], {literal(kind)})"
        learn = [target_scale(target) or "None" for target in each.columns]
        if len(learn) == 1:
            return [], f"learn_number_target({rows}[{column}], {learn[0]})"
        names = [literal(target.name) for target in each.columns]
        items = [f"{name}: {function}" for name, function in zip(names, learn, strict=True)]
        return [call("scales = {", items, after="}", depth=1)], f"learn_number_targets({rows}[{columns}], scales)"

    @property
    def entry(self) -> list[str]:
        """The members of the dictionary of all that was learned."""
        return [] if not self.outputs else ['"targets": targets'] if self.several else ['"target": target']

    def made(self, cells: str, learned: str = "", depth: int = 2) -> str:
        """The line that makes tensors of the cells of a frame; ``learned`` is the expression of what was learned."""
        if not self.outputs:
            return call(f"targets = torch.zeros(len({cells}), 1", [], depth=depth)
        if not self.several:
            columns = "TARGETS" if len(self.outputs[0].columns) > 1 else "TARGET"
            known = learned or 'preparation["target"]'
            tensor = f"torch.from_numpy({self.encoders[0]}({cells}[{columns}], {known}))"
            return f"{'    ' * depth}targets = {tensor}"
        items: list[Group] = []
        for each, encode in zip(self.outputs, self.encoders, strict=True):
            names = [column.name for column in each.columns]
            known = f"{learned or 'preparation[' + literal('targets') + ']'}[{literal(each.key)}]"
            chosen = literal(names) if len(names) > 1 else literal(names[0])
            made = Group(f"{encode}(", (f"{cells}[{chosen}]", known))
            items.append(Group(f"{literal(each.key)}: torch.from_numpy(", (made,)))
        return "\n".join(laid_out("targets = ", Group("{", tuple(items), "}"), "", 4 * depth))


def first_texts(project: Project, data: Data, facts: Facts) -> TargetTexts:
    """As ``target_texts`` of the first output alone, where all are compared with the same."""
    found = target_texts(project, data, facts)
    return TargetTexts(found.outputs[:1], found.kinds[:1])


def shared_lines(project: Project, told: bool) -> list[str]:
    """The lines that give the one answer of each sample to several outputs."""
    keys = shared_keys(project)
    if not keys:
        return []
    lines = [f"    parts = [for_each_output(part, {literal(keys)}) for part in parts]"]
    return lines + ([f'    preparation["targets"] = dict.fromkeys({literal(keys)}, target)'] if told else [])


def target_texts(project: Project, data: Data, facts: Facts) -> TargetTexts:
    """What a script says of the project's targets."""
    outputs = chosen_outputs(project, data)
    known = [facts.of(each.node.id) for each in outputs]
    return TargetTexts(tuple(outputs), tuple(fact.kind for fact in known), tuple(len(fact.classes) for fact in known))
