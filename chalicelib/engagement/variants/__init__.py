"""Variants: which words of a campaign people follow most, learned in batches (docs/variants.md)."""
