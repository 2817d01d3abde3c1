"""A larger model's answers, grounded and checked like local ones, taken or kept as an opinion."""
