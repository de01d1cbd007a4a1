"""What can be done on the canvas: each command declared once, for menus, keys and the list of shortcuts."""
