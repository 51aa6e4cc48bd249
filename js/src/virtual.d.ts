declare module "virtual:scales" {
  const scales: import("./scale.types").ScaleControl[];
  export default scales;
}
declare module "*.css";
/** What the controls that come as chunks take from the page: modules by their files. */
declare module "virtual:shared" {
  const shared: () => Record<string, Record<string, unknown>>;
  export default shared;
}
