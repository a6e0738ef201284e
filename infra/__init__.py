"""infra: what deploys Crier, and what runs it on one machine. Never ships."""
