"""Who may do what, and the chain that says who did: accounts and the audit."""
