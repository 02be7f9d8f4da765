// Stands in for modules that a build leaves out.
export {};
