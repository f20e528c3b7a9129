/** A style sheet that the bundler puts into the script as text. */
declare module "*.css" {
  const text: string;
  export default text;
}
