import "../styles/report.scss";
