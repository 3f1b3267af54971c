"""What people see: pages made from a role's screen, and from nothing else."""
