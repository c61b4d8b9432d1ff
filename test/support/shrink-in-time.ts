import fc from 'fast-check';

/**
 * A failed property is shrunk for so long at most: a plan of many users takes hours otherwise, in which nobody learns that it
 * failed. Milliseconds, for all inputs of a property together.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), interruptAfterTimeLimit: 25_000 });
