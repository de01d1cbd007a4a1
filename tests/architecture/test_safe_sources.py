"""Opening a file never runs code and never touches the network: the sources hold nothing that could."""

from __future__ import annotations

import ast
import re

import pytest

from tests.helpers.sources import Source, calls, imports, product

UNPICKLERS = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "dbm", "copyreg"}
NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "urllib3",
    "ftplib",
    "smtplib",
    "poplib",
    "imaplib",
    "telnetlib",
    "xmlrpc",
    "socketserver",
    "requests",
    "httpx",
    "aiohttp",
    "websockets",
    "torch.hub",
    "PySide6.QtNetwork",
    "PySide6.QtWebEngineCore",
}
# the name of this computer marks whose a temporary file is; whether a screen answers is asked of its local socket
LOCAL_SOCKETS = {"designer/project/atomic.py": {"gethostname"}, "designer/cli/opening.py": {"socket"}}
RUNS_CODE = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "builtins.eval", "builtins.exec"}
RUNS_CODE |= {"importlib.import_module", "import_module", "runpy.run_path", "runpy.run_module", "code.interact"}
UNPICKLES = re.compile(
    r"(torch|torch\.(export|jit|package|hub)|np|numpy|joblib)\.load$|\b(read_pickle|read_hdf|load_state_dict_from_url|unsafe_load)$"
)
URL = re.compile(r"https?://(?!www\.w3\.org/)")
# the module that turns the emitted source into a network
LOADS_SOURCE = "designer/compiler/load.py"
# a script under torchrun reads the checkpoint that it wrote itself, in a format in which nothing can run
LOADS_TENSORS = "designer/runtime/restarting.py"


def test_no_unpickling_module_is_imported():
    against = [
        f"{source.name}:{found.line} imports {found.name}"
        for source in product()
        for found in imports(source)
        if found.name.split(".")[0] in UNPICKLERS
    ]
    assert not against, "\n".join(against)


def dangerous(source: Source) -> list[str]:
    """The calls of a file that run code or unpickle."""
    against = []
    for called, node in calls(source):
        keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        tensors_alone = source.name == LOADS_TENSORS and keywords.get("weights_only") == "True"
        unsafe = (
            called in RUNS_CODE
            or (UNPICKLES.search(called) and not tensors_alone)
            or keywords.get("weights_only", "True") != "True"
            or keywords.get("allow_pickle", "False") != "False"
            or keywords.get("shell", "False") != "False"
        )
        if unsafe:
            against.append(f"{source.name}:{node.lineno} calls {ast.unparse(node)[:80]}")
        if called.endswith("exec_module") and source.name != LOADS_SOURCE:
            against.append(f"{source.name}:{node.lineno} makes a module of text; {LOADS_SOURCE} alone does that")
    return against


def test_nothing_runs_or_unpickles_what_a_file_holds():
    against = [line for source in product() for line in dangerous(source)]
    assert not against, "\n".join(against)


# who has texts loaded: each puts them together by ``included``, which lets no code of a project pass that is not
# allowed, or of the catalog's own words; the trial of a custom layer asks by itself
LOADERS = {
    "designer/compiler/included.py",
    "designer/compiler/infer.py",
    "designer/compiler/load.py",
    "designer/compiler/starting.py",
    "designer/training/assemble.py",
    "designer/training/points.py",
    "designer/training/schedules.py",
    "designer/training/trial.py",
}
# who reads the sources of a project's own layers: forms and editors, the reader of signatures, and those gates
READERS = {"project", "layers", "gui", "cli"}
GATES = {
    "designer/compiler/trust.py",
    "designer/training/trial.py",
    "designer/workspace/custom_check.py",
    "designer/workspace/session.py",
}


def test_texts_are_loaded_where_they_passed_the_gate():
    loading = {source.name for source in product() if any(called.endswith("load_text") for called, _ in calls(source))}
    assert loading <= LOADERS, loading - LOADERS
    for name in ("designer/compiler/included.py", "designer/training/trial.py"):
        (gate,) = [source for source in product() if source.name == name]
        assert any(called == "demand" for called, _ in calls(gate)), name


def test_code_of_projects_is_read_by_few():
    against = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if source.package not in READERS and source.name not in GATES
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "source" and ast.unparse(node.value) in ("layer", "custom")
    ]
    assert not against, "\n".join(against)


@pytest.mark.parametrize(
    "text",
    [
        "eval(text)",
        "exec(text)",
        "torch.load(path)",
        "torch.load(path, weights_only=True)",
        "torch.export.load(path)",
        "load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "pd.read_pickle(path)",
        "os.system(line)",
        "subprocess.run(line, shell=True)",
        "importlib.import_module(name)",
        "loader.exec_module(module)",
    ],
)
def test_the_check_finds_what_it_looks_for(text: str):
    assert dangerous(Source("designer/x/y.py", "x", text, ast.parse(text)))


def test_nothing_that_speaks_to_the_network_is_imported():
    against = []
    for source in product():
        for found in imports(source):
            network = any(found.name == name or found.name.startswith(f"{name}.") for name in NETWORK)
            if network and not (found.name == "socket" and source.name in LOCAL_SOCKETS):
                against.append(f"{source.name}:{found.line} imports {found.name}")
    assert not against, "\n".join(against)


def test_sockets_are_used_only_on_this_computer():
    for source in product():
        allowed = LOCAL_SOCKETS.get(source.name, set())
        used = {called.removeprefix("socket.") for called, _ in calls(source) if re.fullmatch(r"socket\.\w+", called)}
        assert used <= allowed, source.name
        for called, node in calls(source):
            if called == "socket.socket":
                assert ast.unparse(node.args[0]) == "socket.AF_UNIX", f"{source.name}:{node.lineno}"


def test_no_address_of_the_network_is_named():
    against = [
        f"{source.name}:{node.lineno} {node.value[:80]}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and URL.search(node.value)
    ]
    assert not against, "\n".join(against)
