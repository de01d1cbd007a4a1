"""Signatures: what a custom layer's source says of its ports and fields, read from the text alone: nothing runs."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from designer.layers.fields import Field
from designer.layers.signature_fields import field_of
from designer.project.ports import Port

LONGEST_SOURCE = 50_000
MOST_DEEP = 60
LONGEST_CHAIN = 2_000
MOST_PARAMETERS = 40
MOST_FAULTS = 50
MODULE = "torch.nn.Module"
PACKAGES = ("torch", "math", "typing")
# what a source may name without importing it
READY = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}
# a first parameter of this name is read from an axis of the incoming data, and never asked for
AXES: Mapping[str, int] = {
    "in_channels": 1, "channels": 1, "num_channels": 1,
    "in_features": -1, "features": -1, "num_features": -1, "input_size": -1, "embed_dim": -1, "d_model": -1,
}  # fmt: skip
PORT_WORDS = ("self", "inputs")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a source, at a line and column counted from 1."""

    line: int
    column: int
    sentence: str

    @property
    def text(self) -> str:
        """Place and sentence: ``line 3, column 5: …``."""
        return f"line {self.line}, column {self.column}: {self.sentence}"


@dataclass(frozen=True)
class Signature:
    """What a source says: its class, ``bound`` parameters with the axis they are read from, fields and ports.

    ``required`` are the fields without a default, ``names`` the names that it gives at its top, with their lines, and
    ``imports`` those that it imports, with what they stand for. Where there are ``faults``, the rest is what could be
    read in spite of them.
    """

    class_name: str = ""
    summary: str = ""
    bound: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    names: Mapping[str, int] = field(default_factory=dict)
    imports: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@lru_cache(maxsize=256)
def read_signature(source: str) -> Signature:
    """The signature of a source; of a text that is no sound layer the faults, in the order of its lines."""
    tree = parsed(source)
    if isinstance(tree, Fault):
        return Signature(faults=(tree,))
    try:
        reader = _Reader(tree)
        signature = reader.read()
    except RecursionError:
        return Signature(faults=(Fault(1, 1, "its expressions lie too deep in one another"),))
    faults = tuple(sorted(reader.faults, key=lambda fault: (fault.line, fault.column)))
    return Signature(**{**vars(signature), "faults": faults[:MOST_FAULTS]})


def parsed(source: str) -> ast.Module | Fault:
    """The syntax tree of a source, or why there is none."""
    if len(source) > LONGEST_SOURCE:
        words = f"the source has {len(source):,} characters; at most {LONGEST_SOURCE:,} are allowed"
        return Fault(1, 1, words)
    deep = _too_deep(source)
    if deep:
        return deep
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        return Fault(max(1, error.lineno or 1), max(1, error.offset or 1), f"this is not Python: {error.msg}")
    except (ValueError, UnicodeEncodeError) as error:
        return Fault(1, 1, f"this is not Python: {error}")
    except (RecursionError, MemoryError):
        return Fault(1, 1, "its expressions lie too deep in one another")


_CHAINS = re.compile(r"(?:[-+~*/%@&|^.<>=!]|\b(?:not|and|or|if|else|lambda|await|in|is)\b)")


def _too_deep(source: str) -> Fault | None:
    """A fault where brackets lie so deep, or one line holds so many operators, that Python could not read it."""
    depth = chain = 0
    for number, line in enumerate(source.split("\n"), 1):
        chain = chain if depth or line.endswith("\\") else 0
        for sign in line:
            depth = max(0, depth + (sign in "([{") - (sign in ")]}"))
            if depth > MOST_DEEP:
                return Fault(number, 1, f"brackets lie more than {MOST_DEEP} deep in one another")
        if not line.lstrip().startswith("#"):
            chain += len(_CHAINS.findall(line))
        if chain > LONGEST_CHAIN:
            return Fault(number, 1, f"one expression holds more than {LONGEST_CHAIN} operators")
        if len(line) - len(line.lstrip()) > 4 * MOST_DEEP:
            return Fault(number, 1, f"lines are indented more than {MOST_DEEP} levels")
    return None


class _Reader:
    """Goes through the statements at the top of a source once."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.faults: list[Fault] = []
        self.names: dict[str, int] = {}
        self.imports: dict[str, tuple[str, int]] = {}

    def fault(self, node: ast.AST, sentence: str) -> None:
        """Note what is wrong at a node."""
        self.faults.append(Fault(getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, sentence))

    def read(self) -> Signature:
        """The signature, with the faults noted."""
        for place, statement in enumerate(self.tree.body):
            self._statement(statement, place)
        for inner in ast.walk(self.tree):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                self._check_packages(inner)
            elif isinstance(inner, (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)):
                self.fault(inner, "a layer cannot be asynchronous; write it without async and await")
        modules = [one for one in self.tree.body if isinstance(one, ast.ClassDef) and self._is_module(one)]
        if not modules:
            self.faults.append(Fault(1, 1, "there is no layer: expected one class that derives from nn.Module"))
            return Signature(names=self.names, imports=self.imports)
        for other in modules[1:]:
            sentence = f"“{modules[0].name}” is a layer already; a custom layer holds one class of nn.Module"
            self.fault(other, sentence)
        return self._of_class(modules[0])

    def _statement(self, node: ast.stmt, place: int) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            self._name(node.name, node)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._name(node.targets[0].id, node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._name(node.target.id, node)
        elif not (place == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            self.fault(node, "only imports, classes, functions and constants may stand here, outside the class")

    def _name(self, name: str, node: ast.stmt) -> None:
        if name in self.names:
            self.fault(node, f"“{name}” is defined twice")
        self.names[name] = node.lineno

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                if alias.name == "*":
                    self.fault(node, "name what you import instead of *, so that a reader knows where names come from")
                self.imports[alias.asname or alias.name] = (f"{node.module}.{alias.name}", node.lineno)
            elif alias.asname or "." not in alias.name:
                self.imports[alias.asname or alias.name] = (alias.name, node.lineno)
            else:
                short = alias.name.rpartition(".")[2]
                self.fault(node, f"write “import {alias.name} as {short}”: a dotted import needs a short name")

    def _check_packages(self, node: ast.Import | ast.ImportFrom) -> None:
        paths = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        if isinstance(node, ast.ImportFrom) and node.level:
            self.fault(node, "an import that begins with a dot leads nowhere here")
            return
        for path in paths:
            top = path.split(".")[0]
            if top not in PACKAGES and not (path == "__future__" and node in self.tree.body):
                known = ", ".join(PACKAGES[:-1]) + f" and {PACKAGES[-1]}"
                sentence = f"“{top}” cannot be imported here: a layer may use {known}, so that exported scripts run"
                self.fault(node, sentence)

    def _path(self, node: ast.expr) -> str:
        """The dotted path that an expression stands for, by the imports; empty where it is none."""
        if isinstance(node, ast.Attribute):
            before = self._path(node.value)
            return f"{before}.{node.attr}" if before else ""
        if isinstance(node, ast.Name):
            return self.imports[node.id][0] if node.id in self.imports else READY.get(node.id, node.id)
        return ""

    def _is_module(self, node: ast.ClassDef) -> bool:
        own = {one.name: one for one in self.tree.body if isinstance(one, ast.ClassDef)}
        waiting, seen = [node], set[str]()
        while waiting:
            for base in waiting.pop().bases:
                path = self._path(base)
                if path.startswith("torch.nn."):
                    return True
                if path in own and path not in seen:
                    seen.add(path)
                    waiting.append(own[path])
        return False

    def _of_class(self, node: ast.ClassDef) -> Signature:
        methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
        make, forward = methods.get("__init__"), methods.get("forward")
        texts = [ast.get_docstring(one) or "" for one in (node, make) if one is not None]
        helps = {name: text for found in texts for name, text in argument_helps(found).items()}
        if forward is None:
            self.fault(node, f"“{node.name}” has no method forward, which says what the layer does with its input")
        if make is None and not any(self._path(base) == MODULE for base in node.bases):
            self.fault(node, f"“{node.name}” needs an __init__ of its own, from which its fields are read")
        bound, fields, required = self._fields(make, helps) if make is not None else ({}, {}, frozenset())
        inputs = self._inputs(forward, helps, fields) if forward is not None else (Port("x"),)
        outputs = self._outputs(forward) if forward is not None else (Port("out"),)
        found = (bound, fields, required, inputs, outputs, dict(self.names), dict(self.imports))
        return Signature(node.name, _summary(texts[0]), *found)

    def _parameters(self, node: ast.FunctionDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
        """The parameters after ``self``, each with the text of its default, None where it has none."""
        taken = node.args
        if taken.posonlyargs:
            self.fault(node, "parameters before a / have no names to set them by; leave out the /")
        for extra, stars in ((taken.vararg, "*"), (taken.kwarg, "**")):
            if extra is not None:
                self.fault(extra, f"{stars}{extra.arg} says nothing of what it takes; name each parameter")
        if any(one.id in ("staticmethod", "classmethod") for one in node.decorator_list if isinstance(one, ast.Name)):
            self.fault(node, f"{node.name} should be an ordinary method")
        named = [*taken.posonlyargs, *taken.args]
        if not named:
            self.fault(node, f"{node.name} lacks the parameter self")
        if len(named) + len(taken.kwonlyargs) > MOST_PARAMETERS:
            self.fault(node, f"{node.name} has more than {MOST_PARAMETERS} parameters")
            return
        blank: list[ast.expr | None] = [None] * (len(named) - len(taken.defaults))
        yield from list(zip(named, [*blank, *taken.defaults], strict=True))[1:]
        for one, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
            if default is None:
                self.fault(one, f"“{one.arg}” stands behind a *, so it needs a default")
            yield one, default

    def _fields(
        self, node: ast.FunctionDef, helps: Mapping[str, str]
    ) -> tuple[dict[str, int], dict[str, Field], frozenset[str]]:
        """The bound parameters, the fields, and those of them without a default."""
        bound: dict[str, int] = {}
        fields: dict[str, Field] = {}
        required = set()
        for place, (one, default) in enumerate(self._parameters(node)):
            plain = one.annotation is None or self._path(one.annotation) == "int"
            if place == 0 and one.arg in AXES and default is None and plain:
                bound[one.arg] = AXES[one.arg]
                continue
            found = field_of(one, default, helps.get(one.arg, ""), len(fields) < 2, self._path)
            if isinstance(found, str):
                self.fault(one, f"“{one.arg}”: {found}")
            else:
                fields[one.arg] = found
                required |= {one.arg} if default is None else set()
        return bound, fields, frozenset(required)

    def _inputs(self, node: ast.FunctionDef, helps: Mapping[str, str], fields: Mapping[str, Field]) -> tuple[Port, ...]:
        ports: list[Port] = []
        for one, default in self._parameters(node):
            optional = isinstance(default, ast.Constant) and default.value is None
            if default is not None and not optional:
                continue
            if one.arg in PORT_WORDS or (optional and (one.arg in fields or one.arg == "x")):
                self.fault(one, f"an input cannot be called “{one.arg}” here; choose another name")
                continue
            ports.append(Port(one.arg, help=helps.get(one.arg, ""), optional=optional))
        if not ports or ports[0].optional:
            self.fault(node, "forward takes no input; expected a parameter after self, such as x")
        return tuple(ports) or (Port("x"),)

    def _outputs(self, node: ast.FunctionDef) -> tuple[Port, ...]:
        returns = node.returns
        if isinstance(returns, ast.Constant) and isinstance(returns.value, str):
            quoted = parsed(returns.value)
            first = quoted.body[0] if isinstance(quoted, ast.Module) and quoted.body else None
            returns = first.value if isinstance(first, ast.Expr) else None
        if not isinstance(returns, ast.Subscript) or self._path(returns.value) not in (
            "tuple", "typing.Tuple", "list", "typing.List", "dict", "typing.Dict"
        ):  # fmt: skip
            return (Port("out"),)
        parts = returns.slice.elts if isinstance(returns.slice, ast.Tuple) else [returns.slice]
        named = [self._path(part) for part in parts]
        if self._path(returns.value) not in ("tuple", "typing.Tuple") or "" in named:
            words = "say how many tensors forward gives: -> Tensor, or -> tuple[Tensor, Tensor]"
            self.fault(node, words)
            return (Port("out"),)
        if len(parts) > MOST_PARAMETERS:
            self.fault(node, f"forward gives more than {MOST_PARAMETERS} tensors")
            return (Port("out"),)
        return tuple(Port(f"out{number}") for number in range(1, len(parts) + 1))


_ARGS = re.compile(r"^\s*(?:Args|Arguments|Parameters|Inputs)\s*:\s*$")
_ARGUMENT = re.compile(r"^(\s*)(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")


def argument_helps(docstring: str) -> dict[str, str]:
    """What the section ``Args:`` of a docstring says of each argument, one line each."""
    found: dict[str, str] = {}
    lines = docstring.split("\n")
    for place, line in enumerate(lines):
        if _ARGS.match(line):
            own, last = "", ""
            for following in lines[place + 1 :]:
                if not following.strip() or not following.startswith((" ", "\t")):
                    break
                entry = _ARGUMENT.match(following)
                if entry and (not own or entry[1] == own):
                    own, last = entry[1], entry[2]
                    found[last] = entry[3].strip()[:500]
                elif last:
                    found[last] = f"{found[last]} {following.strip()}"[:500]
    return found


def _summary(docstring: str) -> str:
    return " ".join(docstring.strip().split("\n\n")[0].split())[:500]
