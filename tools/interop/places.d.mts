export const go: { readonly folder: string; readonly program: string };
export const python: {
  readonly requirements: string;
  readonly program: string;
  readonly environment: string;
  readonly interpreter: string;
};
export function browser(): string | undefined;
