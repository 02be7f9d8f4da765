import { Settings } from 'typebox/system';

// Each alternative of a union has its own problems with a value; too few of them, and those of the alternative that was
// meant are not among them.
Settings.Set({ maxErrors: 500 });
