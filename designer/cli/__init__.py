"""The command line: the abilities of the window without one."""
