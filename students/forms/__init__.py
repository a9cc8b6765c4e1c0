"""Forms of chapters 1 and 2: they check shape and wording; what may be done stands in rules and actions."""
