"""The concept layer in OWL: its axioms, HermiT, and the rules that stand in for it at scale."""
