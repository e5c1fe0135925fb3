"""The rules of reading, case, reflection and quiz, of submitting and of grading.

They work on a store that the host passes in; nothing here knows where things are kept or how they are shown.
"""
