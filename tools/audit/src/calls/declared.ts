import ts from "typescript";

/** The type that a declaration is given: of a variable, parameter, member, or function's answer; undefined without one. */
export function declaredType(declaration: ts.Node): ts.TypeNode | undefined {
  if (
    ts.isVariableDeclaration(declaration) ||
    ts.isParameter(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isPropertySignature(declaration) ||
    ts.isMethodSignature(declaration) ||
    ts.isGetAccessorDeclaration(declaration)
  )
    return declaration.type;
  return undefined;
}

/** The value that a declaration begins with; undefined without one. */
export function declaredValue(declaration: ts.Node): ts.Expression | undefined {
  if (
    ts.isVariableDeclaration(declaration) ||
    ts.isParameter(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isPropertyAssignment(declaration) ||
    ts.isBindingElement(declaration)
  )
    return declaration.initializer;
  return undefined;
}
