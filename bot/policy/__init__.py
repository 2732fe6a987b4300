"""Rules as data, and their loaders: contact rules, cadences, words; a broken file is refused with its line."""
