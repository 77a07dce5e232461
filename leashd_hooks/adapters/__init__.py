"""The hosts that call the hook, one module each, named by the first argument of `boot.py`.

Each translates between its host's dialect and ours, and does nothing else:

CALLS                             the events that announce a call
read_call(event)                  the call; ValueError says what is wrong with the event
answer(call, decision, unattended)   what the host is told, with nobody but the host itself to ask
decided(call, allow, text, input, stop)   what a person decided; `input` replaces the call's, `stop` ends the turn
deny(reason)                      a denial of whatever it was
"""
