"""Staff, roles and tokens: who is this, and what may they do?"""
