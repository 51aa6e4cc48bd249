declare module "virtual:scales" {
  const scales: import("./scale.types").ScaleControl[];
  export default scales;
}
declare module "*.css";
