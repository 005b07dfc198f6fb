"""The server's pure decisions: (command, snapshot, caller, circumstances) -> Writes, or an error of model.errors."""
