"""Residents' pages: sign up, confirm, ask for one's link, choose, stop. No script, no cookie.

A GET shows and changes nothing; a POST acts. What was typed wrongly comes back with the form, each field with
what to do about it. The wording of consent that a form showed comes back with it, too: what the ledger keeps
is what the person read.
"""
