"""Templates: what an alert of a hazard says, and how, written and agreed on before it is needed."""
