"""What stormpy says of a model in PRISM's language: the probability, as a fraction.

Usage: check.py MODEL PROPERTY. Ends with 77 where there is no stormpy.
"""

import sys

try:
    import stormpy
except ImportError as why:
    print(why)
    sys.exit(77)

program = stormpy.parse_prism_program(sys.argv[1])
properties = stormpy.parse_properties(sys.argv[2], program)
model = stormpy.build_model[stormpy.Rational](program, properties)
result = stormpy.model_checking(model, properties[0], only_initial_states=True)
print(result.get_value(model.initial_states[0]))
