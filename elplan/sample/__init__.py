"""The sample district: invented people, schools and years to practice on, to measure with and to test against.

Deterministic for a seed and a day, of any size, loaded through COPY. No person, school, code or address in it exists.
"""
