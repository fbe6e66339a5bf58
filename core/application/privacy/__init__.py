"""Answering what people ask about their data: who is meant, what is known, and what goes.

Nobody is left out silently: whoever keeps records and does not answer makes a request
incomplete, and is named.
"""
