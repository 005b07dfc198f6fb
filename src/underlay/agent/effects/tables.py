"""Steps on the pumps' tables: files replaced by rename, so that a pump never reads half of one."""

from underlay.agent.effects.handles import Handles
from underlay.agent.effects.outcome import Done, Failed, Outcome
from underlay.agent.plan.steps import TableStep, WriteTable


def perform_table(step: TableStep, handles: Handles) -> Outcome:
    """Do one step."""
    kind, _, name = step.name.rpartition("/")
    path = handles.table_folders[kind] / name
    try:
        if isinstance(step, WriteTable):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{name}.new")
            fresh.write_bytes(step.content)
            fresh.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        return Failed(str(error))
    return Done()
