"""A Django project with nothing in it but a list: the yardstick of bench/pages.py."""
