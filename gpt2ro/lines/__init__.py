"""Lines that many documents of one site have: menus, notices, calls to subscribe."""
