"""The compiler: from a graph to shapes, problems, source text and a module that runs."""
