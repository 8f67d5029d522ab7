"""Crews, trades, members, vehicles and shifts: who can go?"""
