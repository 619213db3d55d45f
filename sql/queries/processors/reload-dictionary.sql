-- Loads a dictionary of reference versions again at once, instead of within its lifetime.
SYSTEM RELOAD DICTIONARY {dictionary: Identifier}
