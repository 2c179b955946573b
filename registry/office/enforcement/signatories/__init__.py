"""Who may sign, in what capacity, from when to when: heads of bodies, inspectors."""
